using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Configuration;

/// <summary>What a process says when it ends, node or not; documented in the README, so numbers never change their meaning.</summary>
public static class ExitCodes
{
    public const int Success = 0;
    public const int Unexpected = 1;
    public const int BadConfiguration = 2;
    public const int LostMembership = 3;
    public const int StoreCannotOpen = 10;
    public const int StoreCorrupt = 11;
    public const int StoreOtherFormat = 12;
    public const int StoreInUse = 13;
    public const int PortInUse = 14;
    public const int CannotListen = 15;

    public const int Incompatible = 16;
    public const int NameInUse = 17;

    // 18 was a program that a version did not run.

    public static int Of(StoreFault fault) => fault switch
    {
        StoreFault.CannotOpen => StoreCannotOpen,
        StoreFault.Corrupt => StoreCorrupt,
        StoreFault.OtherFormat => StoreOtherFormat,
        StoreFault.InUse => StoreInUse,
        StoreFault.Incompatible => Incompatible,
        StoreFault.NameInUse => NameInUse,
        _ => Unexpected,
    };
}
