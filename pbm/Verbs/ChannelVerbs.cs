using System.CommandLine;
using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;
using Realtime.Pbm.Tails;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm channel …</c></summary>
internal static class ChannelVerbs
{
    public static Verb Create(VerbRunner runner) =>
        Verb.Group("channel", "Channels: heads, rates, subscribers, messages.", Show(runner), List(runner), Tail(runner), Publish(runner));

    private static Argument<string> Name() => new("NAME") { Description = "Name of the channel." };

    private static Verb Show(VerbRunner runner)
    {
        var name = Name();
        return runner.Verb(
            "show",
            "One channel: where it lives, head and tail, rate, subscribers per node, who is present. JSON: ChannelReport.",
            ["pbm channel show chat:lobby"],
            [name],
            async (context, stop) =>
            {
                var answer = await context.Api.GetAsync<ChannelReport>(ApiPaths.Channel(context.Get(name)), stop).ConfigureAwait(false);
                return context.Tell(answer, value => Show(context.Screen, value));
            });
    }

    private static Verb List(VerbRunner runner)
    {
        var prefix = new Option<string?>("--prefix") { Description = "Only channels whose name begins so.", HelpName = "TEXT" };
        var node = NodeNames.Option(runner, "Only channels on shards of this node.");
        var page = new PageOptions();
        return runner.Verb(
            "list",
            "Channels in memory. JSON: ChannelPage.",
            ["pbm channel list --prefix chat:", "pbm channel list --node node-1 --limit 20"],
            [prefix, node, .. page.All],
            async (context, stop) =>
            {
                var answer = await page.ReadAsync<ChannelPage>(
                    context,
                    (after, limit) => ApiPaths.With("channels", ("prefix", context.Get(prefix)), ("node", context.Get(node)), ("after", after), ("limit", limit)),
                    static channels => channels.Next,
                    static channels => channels.Channels.Count,
                    static (one, other) => new ChannelPage([.. one.Channels, .. other.Channels], other.Next, PageOptions.Union(one.Unreachable, other.Unreachable)),
                    stop).ConfigureAwait(false);
                return context.Tell(answer, found =>
                {
                    var listing = new Listing(
                        new Column("channel", Shrinks: true), new Column("owner", 1), new Column("durability", 4), new Column("head", 3), new Column("nodes", 2, Right: true),
                        new Column("present", 2, Right: true), new Column("pub/s", Right: true));
                    foreach (var channel in found.Channels)
                    {
                        listing.Add(
                            new Cell(channel.Name, Tone.Strong), Words.OrDash(channel.Owner), channel.Durability, Words.OrDash(channel.Head), Words.Number((long)channel.Nodes),
                            Words.Number(channel.Members), Words.Rate(channel.Rate));
                    }

                    context.Screen.Table(listing, "No such channels in memory.");
                    PageOptions.More(context, found.Next);
                    context.Screen.Missing(found.Unreachable);
                });
            });
    }

    private static Verb Tail(VerbRunner runner)
    {
        var name = Name();
        var tail = new TailOptions();
        return runner.Verb(
            "tail",
            "The messages of a channel, as they come. Needs the key that may act: messages are the application's data. JSON: a message per line.",
            ["pbm channel tail chat:lobby", "pbm channel tail chat:lobby --last 0 --lines 1 --json"],
            [name, .. tail.All],
            (context, stop) => new TailLoop(context, tail).RunAsync([new ChannelSource(context.Api, context.Get(name), tail.LastOf(context))], stop));
    }

    private static Verb Publish(VerbRunner runner)
    {
        var name = Name();
        var data = new Argument<string>("DATA") { Description = "The message, as JSON; - reads it from standard input." };
        var text = new Option<bool>("--text") { Description = "DATA is plain text, not JSON." };
        var at = new Option<string?>("--at") { Description = "Publish at this time, with an API key: milliseconds since 1970, or 2027-01-31T18:00:00Z.", HelpName = "TIME" };
        var application = new ApplicationOptions("publish over that, not over the operators'");
        return runner.Verb(
            "publish",
            "Publishes a message, and says its position when the channel has a log; with --at its schedule. JSON: Published, or Scheduled.",
            ["pbm channel publish chat:lobby '{\"text\":\"maintenance at 22:00\"}'", "pbm channel publish news:all --text 'Back again.' --at 2027-01-31T18:00:00Z", "pbm channel publish board:1 - < message.json"],
            [name, data, text, at, .. application.All],
            async (context, stop) =>
            {
                var written = context.Get(data) is var given && given == "-" ? await context.Around.Input.ReadToEndAsync(stop).ConfigureAwait(false) : given;
                var message = Parse(written, context.Get(text));
                if (context.Get(at) is { } time)
                {
                    var scheduled = await application.Get(context).ScheduleAsync(context.Get(name), message, time, stop).ConfigureAwait(false);
                    return context.Tell(scheduled, value => context.Screen.Line($"Scheduled for {Words.Time(DateTimeOffset.FromUnixTimeMilliseconds(value.At))} as {value.Schedule}.", Tone.Good));
                }

                var answer = application.Find(context) is { } api
                    ? await api.PublishAsync(context.Get(name), message, stop).ConfigureAwait(false)
                    : await context.Api.SendAsync<OperatorActions.Published, OperatorActions.Publish>(
                        HttpMethod.Post, ApiPaths.Channel(context.Get(name), "messages"), new OperatorActions.Publish(message), stop).ConfigureAwait(false);
                return context.Tell(answer, value => context.Screen.Line(value.Position is { } position ? $"Published at {position}." : "Published; the channel keeps no log.", Tone.Good));
            });
    }

    private static JsonElement Parse(string data, bool text)
    {
        try
        {
            using var document = JsonDocument.Parse(text ? $"\"{JsonEncodedText.Encode(data)}\"" : data);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw CallFailedException.Usage($"DATA is not JSON ({e.Message.TrimEnd('.')}); with --text it is taken as it is.", "data");
        }
    }

    private static void Show(Screen screen, ChannelReport report)
    {
        var channel = report.Channel;
        screen.Facts(
            ("channel", new Cell(channel.Name, Tone.Strong)),
            ("owner", $"{channel.Owner ?? "nobody yet"}, shard {report.Shard}"),
            ("durability", channel.Durability),
            ("head", Words.OrDash(channel.Head)),
            ("tail", Words.OrDash(report.Tail)),
            ("rate", $"{Words.Rate(channel.Rate)} publishes/s"),
            ("pending", report.Pending == 0 ? "none" : new Cell($"{Words.Count(report.Pending, "publish", "publishes")} waiting for a commit", Tone.Busy)),
            ("present", channel.Members is { } members ? Words.Number((long)members) : "not kept"));
        screen.Gap();
        var subscribers = new Listing(new Column("node"), new Column("subscribers", Right: true), new Column("behind", Right: true));
        foreach (var node in report.Subscribers)
        {
            subscribers.Add(new Cell(node.Node, Tone.Strong), Words.Number(node.Count), node.Behind is { } behind ? new Cell(Words.Number((long)behind), behind > 0 ? Tone.Busy : Tone.Plain) : "-");
        }

        screen.Table(subscribers, "No subscribers.");
        if (report.Present.Count > 0)
        {
            screen.Gap();
            var present = new Listing(new Column("session"), new Column("user", Shrinks: true));
            foreach (var member in report.Present)
            {
                present.Add(member.Session, Words.OrDash(member.User));
            }

            screen.Table(present, "");
        }
    }
}
