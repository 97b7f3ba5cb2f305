namespace Realtime.Tests.Next;

/// <summary>
/// The rooms on Akka.NET are tested one after the other, and after everything else: actor systems and journals of their own would take the two cores from tests of
/// the old rooms that drive time by hand.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NewRooms
{
    public const string Name = "new rooms";
}
