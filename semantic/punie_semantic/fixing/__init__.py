"""Fixing one problem: candidates from many small generators, each checked in the overlay, ranked and explained."""
