"""Predictions and the truth about them: the tables that serving, monitoring and retraining share."""
