using System.Diagnostics;
using System.Globalization;
using Realtime.Messages.Positions;
using Realtime.Tests.StoreChild;

namespace Realtime.Tests.Journal;

/// <summary>A process that writes as fast as it can is killed, again and again, on the same file.</summary>
public sealed class SqliteKillTests
{
    private const int Kills = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_acknowledged_before_a_kill_is_there_and_nothing_is_half_there(int seed)
    {
        await using var store = new SqliteStoreCase();
        var random = new Random(seed);
        var acknowledged = new Dictionary<string, long>();
        for (var kill = 0; kill < Kills; kill++)
        {
            // While the file is just being made, in the first commits, or well under way with a checkpoint or two.
            await RunAndKillAsync(store.File, kill == 0 ? 0 : random.Next(1, kill % 2 == 0 ? 30 : 2_500), acknowledged);
            await CheckAsync(store, acknowledged);
        }

        acknowledged.Count.ShouldBe(Workload.Channels + 1, "every writer had its turn");
    }

    private static async Task RunAndKillAsync(string file, int lines, Dictionary<string, long> acknowledged)
    {
        using var child = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [typeof(Workload).Assembly.Location, file])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true,
            },
        };
        child.Start();
        try
        {
            await Deadline.Until(() => File.Exists(file), "the child to make its file");
            for (var i = 0; i < lines; i++)
            {
                var line = await Deadline.Within(child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask(), "an acknowledgement");
                Note(line.ShouldNotBeNull("the child died by itself"), acknowledged);
            }
        }
        finally
        {
            child.Kill();
        }

        // What it said before it died counts, but only whole lines do.
        var rest = await Deadline.Within(child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), "the end of the child's output");
        foreach (var line in rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Note(line, acknowledged);
        }

        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static void Note(string line, Dictionary<string, long> acknowledged)
    {
        var words = line.Split(' ');
        acknowledged[words[0]] = long.Parse(words[1], CultureInfo.InvariantCulture);
    }

    private static async Task CheckAsync(SqliteStoreCase store, Dictionary<string, long> acknowledged)
    {
        await store.StartAsync();
        for (var i = 0; i < Workload.Channels; i++)
        {
            var channel = Workload.Channel(i);
            var log = await store.OpenAsync(channel.Value);
            log.Head.ShouldBeGreaterThanOrEqualTo(acknowledged.GetValueOrDefault(channel.Value), $"{channel} has lost acknowledged messages");
            (log.Head % Workload.Group).ShouldBe(0, $"{channel} has half an append");
            log.Tail.ShouldBe(1);

            var slice = await store.ReadAsync(log.Log);
            slice.Messages.Count.ShouldBe((int)log.Head);
            long bytes = 0;
            foreach (var message in slice.Messages)
            {
                var expected = Workload.Message(channel, message.Offset);
                (message == (expected with { Tags = message.Tags })).ShouldBeTrue($"{channel} has other bytes at {message.Offset}");
                bytes += expected.Size;
            }

            log.Bytes.ShouldBe(bytes);
            var marks = log.Head / Workload.Group;
            log.Producers.Count.ShouldBe((int)Math.Min(marks, Realtime.Cluster.Journal.ProducerMark.Slots));
            log.Producers.Select(mark => mark.Offset).DefaultIfEmpty().Max().ShouldBe(log.Head, $"marks and messages of {channel} differ");
        }

        var session = await store.LoadAsync(Workload.Session);
        (session?.Revision ?? 0).ShouldBeGreaterThanOrEqualTo(acknowledged.GetValueOrDefault("session"), "the session lost an acknowledged write");
        session?.Record.Attach.ShouldBe(session.Revision);
        await store.Store.DisposeAsync();
    }
}
