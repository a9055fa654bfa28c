// replaced by the adapter's sources
