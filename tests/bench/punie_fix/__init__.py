"""PunieFix: one-edit defects in real packages, and who mends them."""
