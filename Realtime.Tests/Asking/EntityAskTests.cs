using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Asking;

/// <summary>How code that is no actor asks entities, with a region that a test plays.</summary>
[Collection(ActorSystems.Name)]
public sealed class EntityAskTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Longer = TimeSpan.FromSeconds(10);
    private readonly ChannelAsks _asks;

    public EntityAskTests()
        : base(TestHocon.Quiet)
    {
        _asks = new ChannelAsks(() => TestActor, TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ChannelRequest.Publish Request { get; } = new(ChannelName.Parse("chat:a"), ChannelAsks.Tag, new Payload("1"u8.ToArray()), default, null);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_given_back_undone_is_sent_again(bool mayRepeat)
    {
        var asking = mayRepeat ? _asks.RepeatAsync(Request, Patience, Cancellation) : _asks.AskAsync(Request, Patience, Cancellation);
        await ExpectMsgAsync<ChannelRequest.Publish>(Longer, cancellationToken: Cancellation);
        LastSender.Tell(new ChannelReply.Retry(ChannelAsks.Tag));
        await ExpectMsgAsync<ChannelRequest.Publish>(Longer, cancellationToken: Cancellation);
        LastSender.Tell(new ChannelReply.Published(ChannelAsks.Tag, null));

        (await asking.Within("the answer")).ShouldBeOfType<ChannelReply.Published>();
    }

    [Fact]
    public async Task What_is_not_answered_is_sent_again_where_that_is_harmless()
    {
        var asking = _asks.RepeatAsync(Request, Patience, Cancellation);
        await ExpectMsgAsync<ChannelRequest.Publish>(Longer, cancellationToken: Cancellation);
        await ExpectMsgAsync<ChannelRequest.Publish>(Longer, cancellationToken: Cancellation);
        LastSender.Tell(new ChannelReply.Published(ChannelAsks.Tag, null));

        (await asking.Within("the answer")).ShouldBeOfType<ChannelReply.Published>();
    }

    [Fact]
    public async Task What_must_not_be_repeated_is_sent_once_and_is_given_up()
    {
        (await _asks.AskAsync(Request, TimeSpan.FromSeconds(3), Cancellation)).ShouldBeNull();

        await ExpectMsgAsync<ChannelRequest.Publish>(Longer, cancellationToken: Cancellation);
        await ExpectNoMsgAsync(TimeSpan.Zero, Cancellation);
    }
}
