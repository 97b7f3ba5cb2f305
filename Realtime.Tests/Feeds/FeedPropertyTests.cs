using Akka.Actor;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>
/// Random schedules of everything that can happen around a feed: joins while batches come, losses, changes of owner, slow clients.
/// </summary>
[Collection(ActorSystems.Name)]
public sealed class FeedPropertyTests : FeedTestKit
{
    private static readonly string[] Ends = ["the end", "gap lagged", "gap epoch"];

    [Theory]
    [InlineData(LagPolicy.Catchup)]
    [InlineData(LagPolicy.Latest)]
    [InlineData(LagPolicy.Drop)]
    public void Whatever_happens_a_client_sees_a_contiguous_stream_or_gaps_that_name_the_holes_and_ends_at_the_head(LagPolicy lag) =>
        Prop.ForAll(FeedStep.Sequences(), steps => Run(lag, steps))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(120).WithQuietOnSuccess(true));

    private void Run(LagPolicy lag, FeedStep[] steps)
    {
        Start(new NamespacePolicy("chat") { Lag = lag }, history: 15);
        var clients = new FeedClient?[4];
        var published = 0;
        foreach (var step in steps)
        {
            switch (step)
            {
                case FeedStep.Publish publish:
                    var from = new SessionId((UInt128)publish.From);
                    Channel.Publish(publish.Count, _ => new LogMessage(0, ScriptedChannel.Text($"m{++published}"), 0, from)
                    {
                        Echo = publish.From == 0, Tags = [KeyValuePair.Create("key", $"k{publish.Key}")],
                    });
                    break;
                case FeedStep.Join join when clients[join.Client] is null:
                    clients[join.Client] = Joining(new SessionId((UInt128)join.Client), StartOf(join), budget: 1000);
                    clients[join.Client]!.BeginsAtOnce = false;
                    break;
                case FeedStep.Begin begin when clients[begin.Client]?.Info is not null:
                    clients[begin.Client]!.Begin();
                    break;
                case FeedStep.Hold hold:
                    clients[hold.Client]?.Writer.Hold();
                    break;
                case FeedStep.Release release:
                    clients[release.Client]?.Writer.Release();
                    break;
                case FeedStep.ReadOne read:
                    clients[read.Client]?.Writer.ReadOne();
                    break;
                default:
                    Do(step, ref published);
                    break;
            }
        }

        var there = clients.OfType<FeedClient>().ToList();
        End(there);
        foreach (var client in there.Where(client => !client.IsTooSlow))
        {
            client.Faults.ShouldBeEmpty();
            client.Position.ShouldBe(Channel.Head, $"client {client.Session.Value} is not at the head");
            client.Seen.LastOrDefault("the end").ShouldBeOneOf(Ends);
        }

        Setup.Subscribers.Behind.ShouldBe(0);
        Sys.Stop(Hub);
    }

    private void Do(FeedStep step, ref int published)
    {
        switch (step)
        {
            case FeedStep.Answer:
                Channel.Answer();
                break;
            case FeedStep.LoseRequest:
                Channel.LoseRequest();
                break;
            case FeedStep.Deliver deliver when Back(deliver.Back) is { } owner:
                DeliverTogether(owner, deliver.Count);
                break;
            case FeedStep.LoseSaid lose:
                Back(lose.Back)?.Lose();
                break;
            case FeedStep.MoveOwner move:
                Channel.MoveOwner(move.Tells, move.IsReborn);
                break;
            case FeedStep.Reborn:
                Channel.Reborn();
                break;
            // What was never committed can come only from an owner that the fence has ended, and after its successor has been listened to.
            case FeedStep.StaleBatch stale when Back(stale.Back) is { Life: { } life } owner && Channel.IsSucceeded(owner):
                owner.Say(new ChannelNews.Batch(
                    ScriptedChannel.Name, life.Epoch,
                    [new LogMessage(life.All.Count + 1, ScriptedChannel.Text($"stale {++published}"), 0)]));
                break;
            case FeedStep.Second:
                Seconds(1);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// The last message is for all: what a client left out on purpose would otherwise not show where it stands. Nothing comes after it, and
    /// time and the slow ones go on: they have to get there without further traffic.
    /// </summary>
    private void End(List<FeedClient> there)
    {
        Channel.Publish("the end");
        foreach (var client in there)
        {
            client.BeginsAtOnce = true;
            client.Writer.Release();
            if (client.Info is not null)
            {
                client.Begin();
            }
        }

        for (var i = 0; i < 30; i++)
        {
            Channel.Settle();
            Seconds(1);
        }
    }

    private ChannelOwner? Back(int steps) => Channel.Owners.Count > steps ? Channel.Owners[^(steps + 1)] : null;

    private StartFrom StartOf(FeedStep.Join join) => join.Start switch
    {
        0 => StartFrom.Live,
        1 => StartFrom.Start,
        2 => new StartFrom.Last(3),
        _ => new StartFrom.At(Channel.Head with { Offset = Math.Min(join.Offset, Channel.Head.Offset) }),
    };
}
