/*
 * What Windows 2000 to 7 bring: names of files (windows-files.tsv) and of services and
 * drivers (windows-services.tsv).  The protected set stands on these; a name too many
 * only makes confine leave something alone.
 */
#ifndef KNOW_STOCK_H
#define KNOW_STOCK_H

#include <stdbool.h>
#include <stddef.h>

/* In lower case, sorted bytewise. */
extern const char *const windows_files[];
extern const size_t windows_files_count;
extern const char *const windows_services[];
extern const size_t windows_services_count;

/* Names without a path, in letters of either case. */
bool stock_is_file(const char *name);
bool stock_is_service(const char *name);

#endif
