"""What tests of all apps use."""
