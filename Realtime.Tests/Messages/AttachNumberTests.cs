using Realtime.Messages.Ids;

namespace Realtime.Tests.Messages;

public sealed class AttachNumberTests
{
    private const long Now = 1_790_000_000_000;

    [Fact]
    public void Each_attachment_is_newer_than_the_one_before()
    {
        var first = AttachNumber.Opening(3);
        first.IsOpening.ShouldBeTrue();
        var second = first.Next(3, Now);
        second.ShouldBeGreaterThan(first);
        second.IsOpening.ShouldBeFalse();
        second.Next(3, Now).ShouldBeGreaterThan(second);
        second.Next(3, Now - 60_000).ShouldBeGreaterThan(second, "the clock went back");
    }

    [Fact]
    public void An_owner_of_a_later_epoch_gives_out_newer_ones_whatever_the_clock_says() =>
        default(AttachNumber).Next(4, 0).ShouldBeGreaterThan(AttachNumber.Opening(3).Next(3, Now).Next(3, long.MaxValue));

    [Fact]
    public void A_session_that_is_loaded_again_under_the_same_epoch_gives_out_newer_ones()
    {
        // Reconnects are not written: the second life knows no more than the first one did when it was loaded.
        var stored = AttachNumber.Opening(3);
        var before = stored.Next(3, Now).Next(3, Now + 1000).Next(3, Now + 2000);
        stored.Next(3, Now + 3000).ShouldBeGreaterThan(before);
    }
}
