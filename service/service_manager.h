#pragma once
// The interface of the service control manager (SCM) for its clients; for *_windows.cpp files only.
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

    // `access`: rights on the service, SERVICE_QUERY_STATUS and so on. Fails with not_found if
    // there is no such service.
    [[nodiscard]] static Result<ManagedService> open(const std::string& name, uint32_t access);
    // Registers a service with a process of its own and this command line. Fails if a service with
    // the name exists.
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
    // Returns the account of the service.
    [[nodiscard]] Result<std::string> account() const;
    [[nodiscard]] Result<> start();
    [[nodiscard]] Result<> control(uint32_t code);
    [[nodiscard]] Result<> remove();
    // Waits until the service is in `state`, or in any state that is not pending. Returns the last
    // status. Fails with unavailable if `patience` passes without a new checkpoint.
    [[nodiscard]] Result<Status> wait_for(uint32_t state, std::chrono::milliseconds patience) const;
    // The SC_HANDLE, for functions that this interface does not have.
    [[nodiscard]] void* handle() const noexcept { return handle_; }

  private:
    explicit ManagedService(void* handle) noexcept : handle_(handle) {}
    void* handle_;
};

// "running", "start pending".
[[nodiscard]] const char* service_state_name(uint32_t state) noexcept;

}  // namespace midge
