/* What differs between the systems on which confine runs, for people's eyes. */
#ifndef SYS_PLATFORM_H
#define SYS_PLATFORM_H

#include <stdbool.h>
#include <stdio.h>

#define PLATFORM_ROOM 144

/* "Linux x86_64", "Windows i686". */
void platform_name(char out[PLATFORM_ROOM]);

/* The version of the kernel that runs it: "6.1.0", "5.1.2600 Service Pack 3". */
void platform_kernel(char out[PLATFORM_ROOM]);

/* Columns of the terminal behind a stream; 0 where it is none, or says nothing. */
unsigned platform_columns(FILE *f);

/* Can what is behind a stream take UTF-8?  (A Windows console cannot.) */
bool platform_takes_utf8(FILE *f);

#endif
