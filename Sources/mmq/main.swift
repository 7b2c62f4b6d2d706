// The program `mmq`.

internal import MMQCommands

runMMQ()
