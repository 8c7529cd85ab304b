#pragma once
// The service control manager (SCM) as its clients see it; for *_windows.cpp files only.
#include <chrono>
#include <string>

#include "base/result.h"

namespace midge {

// An open service. Owned by one thread.
class ManagedService {
  public:
    struct Status {
        uint32_t state = 0;  // SERVICE_RUNNING, ...
        uint32_t process_id = 0;
        uint32_t checkpoint = 0;
        uint32_t exit_code = 0;
        uint32_t specific_exit_code = 0;
    };

    // `access`: rights of the service, SERVICE_QUERY_STATUS and so on. Fails with not_found if
    // there is no such service.
    [[nodiscard]] static Result<ManagedService> open(const std::string& name, uint32_t access);
    // Registers a service of its own process with that command line. Fails if there is one of the
    // name.
    struct Creation {
        std::string name;
        std::string command_line;
        uint32_t start_type = 0;
        std::string account;
    };
    [[nodiscard]] static Result<ManagedService> create(const Creation& creation);

    ~ManagedService();
    ManagedService(ManagedService&& other) noexcept;
    ManagedService& operator=(ManagedService&& other) noexcept;

    [[nodiscard]] Result<Status> status() const;
    // Under which account it runs.
    [[nodiscard]] Result<std::string> account() const;
    [[nodiscard]] Result<> start();
    [[nodiscard]] Result<> control(uint32_t code);
    [[nodiscard]] Result<> remove();
    // Waits until the service is in `state`, or in any that is not pending. Gives the last status;
    // fails with unavailable when `patience` passes without a new checkpoint.
    [[nodiscard]] Result<Status> wait_for(uint32_t state, std::chrono::milliseconds patience) const;
    // For what this interface has no word for: an SC_HANDLE.
    [[nodiscard]] void* handle() const noexcept { return handle_; }

  private:
    explicit ManagedService(void* handle) noexcept : handle_(handle) {}
    void* handle_;
};

// "running", "start pending".
[[nodiscard]] const char* service_state_name(uint32_t state) noexcept;

}  // namespace midge
