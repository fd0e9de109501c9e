"""Halls: what is admitted, which ones a region shows, and what a service is priced by."""
