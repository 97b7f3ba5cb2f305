using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

public sealed class MemberLeaseTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Without_a_renewal_it_is_not_held() => new MemberLease(_clock).IsHeld.ShouldBeFalse();

    [Fact]
    public void It_counts_from_the_beginning_of_the_renewal_and_not_from_its_end()
    {
        var lease = new MemberLease(_clock);
        var began = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(4));
        lease.Renewed(began);

        _clock.Advance(TimeSpan.FromSeconds(1.9));
        lease.IsHeld.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        lease.IsHeld.ShouldBeFalse("six seconds have passed since the database was asked");
    }

    [Fact]
    public void A_process_that_slept_finds_it_over_and_a_renewal_gives_it_back()
    {
        var lease = new MemberLease(_clock);
        lease.Renewed(_clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromMinutes(1));
        lease.IsHeld.ShouldBeFalse();

        lease.Renewed(_clock.GetTimestamp());

        lease.IsHeld.ShouldBeTrue();
    }

    [Fact]
    public void Once_ended_it_is_never_held_again()
    {
        var lease = new MemberLease(_clock);
        lease.Renewed(_clock.GetTimestamp());
        lease.End();
        lease.IsHeld.ShouldBeFalse();

        lease.Renewed(_clock.GetTimestamp());

        lease.IsHeld.ShouldBeFalse("a renewal that was under way when it ended");
    }
}
