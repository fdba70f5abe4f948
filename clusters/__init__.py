"""The screens of clusters and their feature flags."""
