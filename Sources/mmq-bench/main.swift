// `mmq-bench`: how fast mmq is, against hand-written loops and other tools.

import ArgumentParser

MMQBench.main()
