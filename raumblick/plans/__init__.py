"""What people write: scenarios, later measures and decisions. Facts stay in snapshots and are never changed from here."""
