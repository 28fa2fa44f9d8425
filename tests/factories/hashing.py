"""A password hasher for tests that sign in often: the real algorithm at the lowest cost."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with next to no work; what is tested is the door, not the lock's metal."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
