#pragma once
// The walk of one login through the rules, and through whatever it has to wait for.
#include <memory>
#include <optional>
#include <string>

#include "login/authenticator.h"

namespace midge {

// Made by Authenticator::login() for each login. A login begins on the stack of that call, where
// most end; the first step that may wait moves it to the heap, where that step owns it. One
// thread at a time: that of the call, then the one that the awaited answer comes on.
class LoginFlow : public std::enable_shared_from_this<LoginFlow> {
  public:
    LoginFlow(std::shared_ptr<const Authenticator> rules, LoginRequest request,
              Authenticator::Done done);
    LoginFlow(LoginFlow&& from) noexcept = default;
    LoginFlow& operator=(LoginFlow&&) = delete;
    ~LoginFlow() = default;

    // To be called once. The login may be over, or have moved, when it returns.
    void start();

  private:
    // The steps, in their order. Each does nothing after the next one.
    // By password:
    void check_password();
    void hash_password();
    void on_password(Result<LoginGrant> grant);
    // By JWT:
    void check_token();
    void look_up_account();
    void on_account(const Result<Account*>& found);
    // By a callout service:
    void ask_configured_service();
    void ask_service();
    void on_answer(const Result<CalloutAnswer>& answer);
    void look_up_target();
    void on_target(const Result<Account*>& found);
    void finish_called_out(Result<LoginGrant> grant);
    // By each:
    void refuse(Errc code, std::string text,
                CloseReason reason = CloseReason::authentication_failure);
    void finish(Result<LoginGrant> grant);

    [[nodiscard]] std::shared_ptr<LoginFlow> kept();

    std::shared_ptr<const Authenticator> rules_;
    LoginRequest request_;
    Authenticator::Done done_;
    LoginCase how_;
    bool service_decides_ = false;           // that of the configuration, unless it is exempt
    std::optional<UserClaims> user_;         // of the JWT that the client came with
    std::optional<CalloutService> service_;  // that is asked
    std::string offered_;                    // who the client says it is, as the service was told
    std::optional<UserClaims> let_in_;       // whom the service made of it
};

}  // namespace midge
