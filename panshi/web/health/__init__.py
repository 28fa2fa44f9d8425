"""For machines that watch over us: alive, ready, metrics. No sign-in, no word about any record."""
