/* A program in C that asks mmq a question: who allocated pages, and how long did tasks wait for reclaim?
 *
 *   swift build -c release --static-swift-stdlib --product CMMQ
 *   cc -o reclaim Examples/C/reclaim.c -I Sources/CMMQ/include -L .build/release -lCMMQ \
 *     -Wl,-rpath,$PWD/.build/release
 *   ./reclaim Examples/traces/reclaim.dat
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "mmq.h"

static const char question[] =
    "kmem:mm_page_alloc { @allocations[comm] = count(); @orders[args.order] = count(); }\n"
    "vmscan:mm_vmscan_direct_reclaim_begin { @start[tid] = nsecs; }\n"
    "vmscan:mm_vmscan_direct_reclaim_end /@start[tid]/ {\n"
    "  $ns = nsecs - @start[tid];\n"
    "  @longest = max($ns);\n"
    "  @shortest = min($ns);\n"
    "  @waited = sum($ns);\n"
    "  @waits = count();\n"
    "  delete(@start, tid);\n"
    "}\n";

/* Says what went wrong, and ends. */
static void fail(char *problem) {
  fprintf(stderr, "%s\n", problem ? problem : "mmq failed");
  mmq_free(problem);
  exit(1);
}

/* Prints a text that belongs to the caller. */
static void show(char *text) {
  fputs(text, stdout);
  mmq_free(text);
}

static void print_map(const mmq_map *map) {
  for (size_t row = 0; row < mmq_map_rows(map); row++) {
    const mmq_value *key = mmq_map_key(map, row);
    printf("%s", mmq_map_name(map));
    if (key) printf("[%s]", mmq_value_text(key, NULL));
    printf(": %" PRId64 "\n", mmq_value_int(mmq_map_value(map, row)));
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: reclaim TRACE.DAT\n"), 2;
  char *problem = NULL;
  mmq_source *recording = mmq_source_open(argv[1], &problem);
  if (!recording) fail(problem);
  mmq_script *script = mmq_script_compile(recording, "question", question, 0);
  show(mmq_script_messages(script));
  if (!mmq_script_is_sound(script)) return 1;

  mmq_session *session = mmq_session_new(script, NULL, MMQ_TEXT, NULL, NULL, &problem);
  mmq_outcome outcome;
  if (!session || !mmq_session_run(session, &outcome, &problem)) fail(problem);
  mmq_maps *maps = mmq_session_maps(session);
  for (size_t index = 0; index < mmq_maps_count(maps); index++) print_map(mmq_maps_at(maps, index));

  /* No number without what it may lack: losses, damage, skipped records. */
  printf("%" PRIu64 " records, %" PRIu64 " lost\n", outcome.records, outcome.lost);
  show(mmq_session_warnings(session));
  show(mmq_source_findings(recording));
  mmq_maps_free(maps);
  mmq_session_free(session);
  mmq_script_free(script);
  mmq_source_free(recording);
  return outcome.has_failed;
}
