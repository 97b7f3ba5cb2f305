using System.CommandLine;

namespace Realtime.Pbm.Waiting;

internal sealed class WaitOptions
{
    public Option<bool> NoWait { get; } = new("--no-wait") { Description = "Begin it, and do not wait for its end." };
}
