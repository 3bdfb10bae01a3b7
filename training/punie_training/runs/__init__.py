"""Runs of training: planned, done stage by stage, resumed after a kill, judged, reported. Prints nothing."""
