"""Capacity: what stands and is under way, what a zone can deliver, what new capacity costs, and who builds it."""
