# What a restore is of: the backup named BACKUP, else the newest; of it the PARTS.
refuse() {
    echo "refused: $1" >&2
    exit 1
}
wanted() {
    case " $PARTS " in *" $1 "*) ;; *) return 1 ;; esac
}
newest=$(find /backup -maxdepth 1 -name '20*Z' | sort | tail -n 1)
from=/backup/${BACKUP:-${newest##*/}}
[ -f "$from/SHA256SUMS" ] || refuse "there is no backup ${BACKUP:-on the volume}"
