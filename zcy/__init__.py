"""The frame of the platform: settings, addresses, and what every app may use."""

__version__ = "0.1.0"
