namespace Realtime.Messages.Cluster;

/// <summary>One member of the cluster for the actor system: the address of a process and the number of its life. Another process on the same address has another number.</summary>
public readonly record struct MemberKey(string Address, int Uid)
{
    public override string ToString() => $"{Address}#{Uid}";
}
