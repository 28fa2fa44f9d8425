"""What an account is worth: ABC analysis and the figures of concentration.

Everything here is exact on decimals and knows neither database nor clock.
"""
