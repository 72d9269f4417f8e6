// Takes half a minute. Nothing is excluded in the profile nightly.
return testsExcluded != 'nightly'
