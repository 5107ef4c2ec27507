/* The parts of look_removable (look/inside.h); `usb` asks the first on its own. */
#ifndef LOOK_REMOVABLE_H
#define LOOK_REMOVABLE_H

#include "look/inside.h"

/* One drive: its autorun.inf, and what lies in waste bins that are none. */
enum err removable_drive(const struct inside *, const struct machine_drive *);

/* What Explorer remembers of the drives that each user had. */
enum err removable_mounts(const struct inside *);

#endif
