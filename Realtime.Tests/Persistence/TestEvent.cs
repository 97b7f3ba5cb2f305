using Realtime.Node.Persistence.Journal;

namespace Realtime.Tests.Persistence;

/// <summary>What the logs of these tests are made of.</summary>
internal sealed record TestEvent(string Text) : IHasSize
{
    public int Size => Text.Length;
}
