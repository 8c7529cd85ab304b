#pragma once
// --daemon: going on in the background.
#include "base/result.h"

namespace midge {

// Held by main() from the fork to the end. The process that the user started waits and exits with 0
// once ready() was called, with 1 if the object goes away before that.
class Background {
  public:
    // In the foreground.
    Background() = default;
    // Forks; call it before any thread exists. Returns in the new process only, which has no
    // terminal but keeps the working folder (paths of the configuration are relative to it) and,
    // until ready(), standard error.
    [[nodiscard]] static Result<Background> enter();
    ~Background();
    Background(Background&& other) noexcept;
    Background& operator=(Background&& other) noexcept;

    // The service runs: lets the first process exit and closes the standard streams.
    void ready() noexcept;

  private:
    explicit Background(int to_parent) : to_parent_(to_parent) {}
    int to_parent_ = -1;
};

}  // namespace midge
