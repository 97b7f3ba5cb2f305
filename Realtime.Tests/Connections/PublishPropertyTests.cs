using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Connections;

/// <summary>Publishes over a way that loses requests and answers, to a channel that moves and refuses.</summary>
public sealed class PublishPropertyTests
{
    [Fact]
    public void Numbered_publishes_are_committed_in_order_and_once_and_each_gets_one_true_answer() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000),
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 10 * 3 * 7 - 1)).Resize(120).ToArbitrary(), steps => new PublishModel().Run(steps)));
}
