#pragma once
// --daemon: runs the service in the background.
#include "base/result.h"

namespace midge {

// Owned by main() from the fork to the end. The process that the user started waits, and exits with
// 0 after ready(), or with 1 if this object is destroyed before.
class Background {
  public:
    // Runs in the foreground.
    Background() = default;
    // Forks. Requires: called before any thread exists. Returns only in the new process. It has no
    // terminal, but keeps the working folder (paths of the configuration are relative to it) and,
    // until ready(), standard error.
    [[nodiscard]] static Result<Background> enter();
    ~Background();
    Background(Background&& other) noexcept;
    Background& operator=(Background&& other) noexcept;

    // Called when the service runs: lets the first process exit, and closes the standard streams.
    void ready() noexcept;

  private:
    explicit Background(int to_parent) : to_parent_(to_parent) {}
    int to_parent_ = -1;
};

}  // namespace midge
