namespace Realtime.Pbm.Calls;

/// <param name="Json">As it came: scripts get what the node said, with members this program does not know.</param>
internal sealed record ApiAnswer<T>(T Value, string Json);
