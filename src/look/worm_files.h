/* The sweep's finds, for who takes them away (look/worm_files.c). */
#ifndef LOOK_WORM_FILES_H
#define LOOK_WORM_FILES_H

#include "look/worm_file.h"

/*
 * Each file in one of the places that look_files would have a finding of; trace:
 * "file-worm", "file-suspect", "file-x", "file-cached-download" (which is not judged
 * and has no traits) and so on.
 */
typedef enum err worm_file_seen(void *with, const char *trace, const char *path,
                                const struct file_judged *);
enum err worm_files_each(const struct inside *, worm_file_seen *, void *with);

#endif
