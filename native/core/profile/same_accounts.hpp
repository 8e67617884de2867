// Finds the account of a whole run that one of a part of it belongs to, whatever it is kept apart by.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "ledger.hpp"

namespace alloclens::core {

class SameAccounts {
  public:
    explicit SameAccounts(const Ledger& whole) : whole_(whole) {}

    /// One of the stack, thread, allocator and region; 0: none.
    std::uint32_t find(std::uint32_t stack, const Who& who) {
        std::uint32_t account = whole_.first_account(stack);
        for (int i = 0; account != 0 && i < kFew; ++i, account = whole_.next_account(account)) {
            if (whole_.whos()[whole_.who_of(account)].same_but_for_generation(who)) return account;
        }
        if (account == 0) return 0;
        if (!of_many_) index();
        const auto number = groups_.find(group(who));
        if (number == groups_.end()) return 0;
        const auto found = of_many_->find(key(stack, number->second));
        return found == of_many_->end() ? 0 : found->second;
    }

  private:
    /// More are looked up in a table.
    static constexpr int kFew = 64;

    using Group = std::tuple<std::uint32_t, std::uint32_t, format::Allocator>;
    struct Hash {
        std::size_t operator()(const Group& group) const {
            const auto [thread, region, allocator] = group;
            return static_cast<std::size_t>(((std::uint64_t{thread} << 32 | region) + static_cast<std::uint64_t>(allocator) * 0x632BE5AB) * 0x9E3779B97F4A7C15ull);
        }
    };

    static Group group(const Who& who) { return {who.thread, who.region, who.allocator}; }
    static std::uint64_t key(std::uint32_t stack, std::uint32_t number) { return std::uint64_t{stack} << 32 | number; }

    /// Of the stacks that have more than a few.
    void index() {
        of_many_.emplace();
        Growing<std::uint32_t> accounts_of_stack;
        for (std::uint32_t account = 1; account < whole_.accounts(); ++account) {
            const std::uint32_t stack = whole_.stack_of(account);
            if (accounts_of_stack.size() <= stack) accounts_of_stack.resize(stack + 1, 0);
            ++accounts_of_stack[stack];
        }
        for (std::uint32_t account = 1; account < whole_.accounts(); ++account) {
            const std::uint32_t stack = whole_.stack_of(account);
            if (accounts_of_stack[stack] <= kFew) continue;
            const std::uint32_t number = groups_.try_emplace(group(whole_.whos()[whole_.who_of(account)]), static_cast<std::uint32_t>(groups_.size())).first->second;
            of_many_->try_emplace(key(stack, number), account);
        }
    }

    const Ledger& whole_;
    std::unordered_map<Group, std::uint32_t, Hash> groups_;
    std::optional<std::unordered_map<std::uint64_t, std::uint32_t>> of_many_;
};

}  // namespace alloclens::core
