// What the signal handlers share.
#pragma once

/// Releases every guarded directory. Calls only what is safe in a signal handler.
void clinux_release_all(void);

/// Lets a signal through that whoever started the process has blocked.
void clinux_unblock(int number);
