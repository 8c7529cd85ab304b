#pragma once
// Many logins, a few at a time.
#include <cstdint>
#include <string>
#include <vector>

#include "connection.h"

namespace midge::load {

// Opens connections and logs in on each: INFO, CONNECT and PING in one write, PONG. Owned by a
// case, on its thread.
class Storm {
  public:
    // `keep`: connections stay open after the login; otherwise they are closed immediately.
    Storm(const Server& server, size_t at_a_time, bool keep);

    // Logs in on `count` more connections. Throws Failure if the server refuses one or does not
    // answer.
    void run(int64_t count);

  private:
    struct Attempt {
        Socket socket;
        std::string input;
        bool greeted = false;
    };
    void begin(size_t index);
    void on_readable(size_t index);
    [[nodiscard]] bool is_logged_in(Attempt& attempt);

    const Server& server_;
    const bool keep_;
    Socket epoll_;
    std::vector<Attempt> attempts_;
    std::vector<Socket> kept_;
    uint64_t begun_ = 0;
    int64_t to_begin_ = 0;
    int64_t to_finish_ = 0;
};

}  // namespace midge::load
