"""Measurements side by side with the programs that others have written; printed and kept, never a gate."""
