/*
 * A terminal that does not show what is typed.  Ctrl-C gives it back as it was and
 * ends the program with exit code 2: nothing is open yet when secrets are asked for.
 */
#ifndef CMD_UNSEEN_H
#define CMD_UNSEEN_H

#include <stdbool.h>

/* False where `fd` is no terminal; what is typed there from now on is not shown. */
bool unseen_begin(int fd);

/* Shows it again. */
void unseen_end(void);

#endif
