"""The JSON face: what programs of the company may ask and tell, with their tokens' rights and nothing more."""
