"""The credit part of a night: observations, priors, then scores and grades by hash range of suppliers."""
