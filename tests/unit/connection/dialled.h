#pragma once
// Connections for tests of the Dialler.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "connection/connection.h"
#include "connection/dialler.h"

namespace midge::test {

// Reads all input and ignores it.
class Reader : public Connection {
  public:
    using Connection::Connection;

  protected:
    void read_commands() override {
        char* const buffer = loop().read_buffer();
        const IoResult result = outbound().stream().read(buffer, EventLoop::usual_read_bytes);
        if (took_input(result)) take_early({buffer, result.bytes});
    }
    void take_early(std::string_view) override {}
};

// What dialled connections receive, and what else a test waits for.
class Heard {
  public:
    void add(std::string_view text) {
        const std::lock_guard lock(mutex_);
        texts_.emplace_back(text);
        more_.notify_one();
    }
    // Waits until there are `count` texts.
    std::vector<std::string> wait(size_t count) {
        std::unique_lock lock(mutex_);
        more_.wait_for(lock, std::chrono::seconds(20), [&] { return texts_.size() >= count; });
        return texts_;
    }
    Dialler* dialler = nullptr;

  private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::vector<std::string> texts_;
};

}  // namespace midge::test
