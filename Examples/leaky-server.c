// A server that forgets something: each request opens a pipe and an eventfd, and closes only the pipe.
//
//   cc -O1 -o leaky-server leaky-server.c
//   mmq record -o slab-leak.dat kmem:kmalloc kmem:kfree kmem:kmem_cache_alloc kmem:kmem_cache_free \
//       -- ./leaky-server
//
// Examples/traces/slab-leak.dat was made so, with only the symbols that it needs.

#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

int main(void) {
  for (int request = 0; request < 400; request++) {
    int ends[2], event = eventfd(0, 0);
    if (pipe(ends) != 0 || event < 0) {
      perror("leaky-server");
      return 1;
    }
    char answer = 'x';
    if (write(ends[1], &answer, 1) != 1 || read(ends[0], &answer, 1) != 1) return 1;
    close(ends[0]);
    close(ends[1]);
    usleep(5000);
  }
  _exit(0);
}
