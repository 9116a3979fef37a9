"""Who does the work: this process, or Dask's workers here and on other machines."""
