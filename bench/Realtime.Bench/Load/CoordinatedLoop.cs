using System.Text.Json;
using Realtime.Bench.Native;

namespace Realtime.Bench.Load;

/// <summary>The one thread of a load process: waits on its sockets and on the coordinator's commands, and lives as long as the coordinator does.</summary>
internal static class CoordinatedLoop
{
    /// <param name="waitFor">How many milliseconds there are until something is due.</param>
    /// <param name="obey">Does what the coordinator has said.</param>
    /// <param name="advance">Does what is due.</param>
    public static void Run(Poller poller, ConnectionDriver driver, Func<long, int> waitFor, Action<LoadCommand> obey, Action<long> advance)
    {
        poller.Add(CommandLines.Descriptor, Poller.Readable);
        Emit(new LoadEvent.Ready());
        var lines = new CommandLines();
        var coordinated = true;
        while (coordinated)
        {
            var count = poller.Wait(waitFor(LoadClock.Now));
            for (var index = 0; index < count; index++)
            {
                var (descriptor, readiness) = poller[index];
                if (descriptor == CommandLines.Descriptor)
                    coordinated = lines.Read(obey);
                else
                    driver.Ready(descriptor, readiness);
            }

            advance(LoadClock.Now);
        }

        poller.Dispose();
    }

    /// <summary>Tells the coordinator.</summary>
    public static void Emit(LoadEvent happened)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(happened));
        Console.Out.Flush();
    }
}
