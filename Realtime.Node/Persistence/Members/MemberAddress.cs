namespace Realtime.Node.Persistence.Members;

/// <summary>An actor system: two that listen on one address one after the other differ in <paramref name="Uid"/>.</summary>
/// <param name="Text">As Akka writes it: <c>akka.tcp://realtime@localhost:4053</c>.</param>
public sealed record MemberAddress(string Text, int Uid)
{
    public override string ToString() => Text;
}
