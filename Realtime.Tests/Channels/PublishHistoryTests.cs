using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Channels;

/// <summary>Publishing under failures, restarts, lost requests, repeats and foreign events, at random.</summary>
public sealed class PublishHistoryTests
{
    [Fact]
    public void Whatever_happens_acknowledged_publishes_are_kept_in_order_and_once() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 12 * 30 - 1)).Resize(120).ToArbitrary(), steps => new PublishHistory().Run(steps)));
}
