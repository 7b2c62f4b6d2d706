// mmq-stretch: makes long recordings from short ones, for tests and benchmarks.

import ArgumentParser

MMQStretch.main()
