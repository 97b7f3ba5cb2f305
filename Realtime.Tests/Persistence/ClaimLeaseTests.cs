using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

public sealed class ClaimLeaseTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Without_a_proof_it_is_not_held() => new ClaimLease(_clock).IsHeld.ShouldBeFalse();

    [Fact]
    public void It_counts_from_the_beginning_of_the_proof_and_not_from_its_end()
    {
        var lease = new ClaimLease(_clock);
        var began = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(4));
        lease.Proved(began);

        _clock.Advance(TimeSpan.FromSeconds(1.9));
        lease.IsHeld.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        lease.IsHeld.ShouldBeFalse("six seconds have passed since the database was asked");
    }

    [Fact]
    public void A_process_that_slept_finds_it_over_and_a_new_proof_renews_it()
    {
        var lease = new ClaimLease(_clock);
        lease.Proved(_clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromMinutes(1));
        lease.IsHeld.ShouldBeFalse();

        lease.Proved(_clock.GetTimestamp());

        lease.IsHeld.ShouldBeTrue();
    }

    [Fact]
    public void Once_ended_it_is_never_held_again()
    {
        var lease = new ClaimLease(_clock);
        lease.Proved(_clock.GetTimestamp());
        lease.End();
        lease.IsHeld.ShouldBeFalse();

        lease.Proved(_clock.GetTimestamp());

        lease.IsHeld.ShouldBeFalse("a proof that was under way when it ended");
    }
}
